package match

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed sectors.txt
var sectorWords string

// china holds words that set a report in China or among its companies; alone
// they say little.
const china = `China*, Chines*, Chine, chinois*, chino, chinos, chines*, china, chinas, cines*, kines*, Kina, kinesisk*, chińsk*, Chiny, Chinach, čínsk*, Čín*, kínai, Kína, kiinal*, Kiina*, hiina*,
Çin*, Tiongkok, Cina, Trung Quốc, китай*, Китае, КНР, Κίνα*, κινεζ*, Κινέζ*, الصين*, صيني*, چین*, סין, סיני*, चीन*, চীন*, จีน, 中国, 中國, 중국, 中企, 陸企,
Beijing, Peking, Pekín, Pékin, Pechino, Pequim, Пекин*, بكين, 北京, 베이징, Shanghai, Schanghai, Shanghái, Xangai, Шанха*, شنغهاي, 上海, 상하이,
Shenzhen, Шэньчжэн*, 深圳, 선전, Guangzhou, 广州, 廣州, Hangzhou, 杭州, Hong Kong, Hongkong, Гонконг*, 香港, 홍콩, Wuhan, 武汉, 武漢, Chengdu, 成都,
yuan, юан*, 人民币, 人民幣, 위안, renminbi, Xi Jinping, 习近平, 習近平`

// addSectors gives companies the words of their sector.
func (c *compiler) addSectors() error {
	c.bySector = map[string][]clue{}
	var sectors []string
	for number, line := range strings.Split(sectorWords, "\n") {
		line = strings.TrimSpace(line)
		list, isHead := strings.CutPrefix(line, "sector: ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case isHead:
			sectors = strings.Split(list, "|")
		case len(sectors) == 0:
			return fmt.Errorf("read sectors.txt, line %d: words before the first sector", number+1)
		default:
			clues := c.clues(strings.Split(line, ","))
			for _, sector := range sectors {
				c.bySector[sector] = append(c.bySector[sector], clues...)
			}
		}
	}
	c.china = c.clues(strings.Split(strings.ReplaceAll(china, "\n", " "), ","))
	return nil
}
