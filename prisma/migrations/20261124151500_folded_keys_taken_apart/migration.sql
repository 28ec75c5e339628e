-- Folded keys have `m` as `rn` and `w` as `vv` from now on: the other way round, `wv` and `vw` had two keys and one look.
-- Should two aliases share a new key, the older one gets it, and the other keeps its own: both stay with their owners.
UPDATE "reserved_names" SET "folded_key" = replace(replace("folded_key", 'm', 'rn'), 'w', 'vv');

UPDATE "aliases" a SET "folded_key" = replace(replace(a."folded_key", 'm', 'rn'), 'w', 'vv')
 WHERE NOT EXISTS (
   SELECT FROM "aliases" b
    WHERE b."id" < a."id"
      AND replace(replace(b."folded_key", 'm', 'rn'), 'w', 'vv') = replace(replace(a."folded_key", 'm', 'rn'), 'w', 'vv')
 );
