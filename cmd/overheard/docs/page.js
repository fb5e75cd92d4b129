// Search hides what does not hold all the words. The words stand in the address
// (#q=tone), so that a search can be sent to somebody.
"use strict";
const items = [...document.querySelectorAll(".item")].map((element) => ({ element, text: element.textContent.toLowerCase() }));
const input = document.getElementById("q");
const found = document.getElementById("found");
const groups = [...document.querySelectorAll("section.schema, #checks, #constants")];
const wholes = [...document.querySelectorAll("#contents, #lineage")];

function search() {
  const words = input.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  let count = 0;
  for (const item of items) {
    const isHit = words.every((word) => item.text.includes(word));
    item.element.hidden = !isHit;
    count += isHit ? 1 : 0;
  }
  for (const group of groups) {
    group.hidden = words.length > 0 && group.querySelector(".item:not([hidden])") === null;
  }
  for (const whole of wholes) {
    whole.hidden = words.length > 0;
  }
  found.textContent = words.length > 0 ? count + " found" : "";
}

// A link out of a search leads to a table that the search may hide.
function arrive() {
  const asked = location.hash.match(/^#q=(.*)$/);
  if (asked !== null) {
    input.value = decodeURIComponent(asked[1]);
  } else {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target === null || target.offsetParent !== null) {
      return;
    }
    input.value = "";
  }
  search();
  if (asked === null) {
    document.getElementById(decodeURIComponent(location.hash.slice(1))).scrollIntoView();
  }
}

input.addEventListener("input", () => {
  history.replaceState(null, "", input.value === "" ? "#" : "#q=" + encodeURIComponent(input.value));
  search();
});
document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", arrive);
arrive();

const drawing = document.querySelector("#lineage svg");
const lines = [...drawing.querySelectorAll("path")];
function light(table) {
  drawing.classList.toggle("lit", table !== null);
  for (const line of lines) {
    line.classList.toggle("on", line.dataset.from === table || line.dataset.to === table);
  }
}
for (const box of drawing.querySelectorAll("a")) {
  box.addEventListener("mouseenter", () => light(box.dataset.table));
  box.addEventListener("focus", () => light(box.dataset.table));
  box.addEventListener("mouseleave", () => light(null));
  box.addEventListener("blur", () => light(null));
}
