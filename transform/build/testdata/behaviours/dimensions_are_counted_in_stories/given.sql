-- Table: marts.company_dimensions
-- Nights: 2026-11-20
-- The brand's plant counts for its owner; a retelling inside the outlet is one
-- article; what is not judged is not counted.
select given.outlet('a', 'a'), given.outlet('b', 'b'), given.company('owner'), given.brand('brand', 'owner');
select given.article('2026-11-20', 'a', 1, 'plant'), given.article('2026-11-20', 'a', 2, 'plant');
select given.article('2026-11-20', 'b', 3, 'plant'), given.article('2026-11-20', 'b', 4, 'strike'), given.article('2026-11-20', 'b', 5, 'else');
select
    given.mention('2026-11-20', 'brand', 1), given.mention('2026-11-20', 'brand', 2),
    given.mention('2026-11-20', 'owner', 3), given.mention('2026-11-20', 'owner', 4), given.mention('2026-11-20', 'owner', 5);
select given.dimensions('brand', 1, '{global_layout}'), given.dimensions('brand', 2, '{global_layout}');
select given.dimensions('owner', 3, '{global_layout}'), given.dimensions('owner', 4, '{corporate_culture,global_layout}');
