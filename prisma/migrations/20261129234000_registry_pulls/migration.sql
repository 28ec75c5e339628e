-- Pulls of a registry's public repositories, by day. A publisher's page would otherwise add up the counts of all repositories.
-- Whoever writes `pull_counts` adds to it, too. Triggers keep the sums right whatever becomes of a repository. A row goes with its
-- last pull, so that a registry without repositories has none. A foreign key would only add a check to every new day.
CREATE TABLE "registry_pulls" (
  "registry_id" BIGINT NOT NULL,
  "day" DATE NOT NULL,
  "count" BIGINT NOT NULL,

  CONSTRAINT "registry_pulls_pkey" PRIMARY KEY ("registry_id", "day")
) WITH (fillfactor = 50);

CREATE FUNCTION move_registry_pulls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO registry_pulls AS s (registry_id, day, count)
  SELECT side.registry_id, p.day, sum(side.sign * p.count)
    FROM (VALUES (OLD.registry_id, OLD.visibility = 'public' AND OLD.quarantined_at IS NULL, -1),
                 (NEW.registry_id, NEW.visibility = 'public' AND NEW.quarantined_at IS NULL, 1)) AS side (registry_id, is_public, sign)
    JOIN pull_counts p ON p.repository_id = OLD.id
   WHERE side.is_public GROUP BY 1, 2 HAVING sum(side.sign * p.count) <> 0 ORDER BY 1, 2
  ON CONFLICT (registry_id, day) DO UPDATE SET count = s.count + excluded.count;
  DELETE FROM registry_pulls WHERE registry_id = OLD.registry_id AND count = 0;
  RETURN OLD;
END $$;

CREATE TRIGGER "repositories_move_pulls" AFTER UPDATE OF "registry_id", "visibility", "quarantined_at" ON "repositories" FOR EACH ROW
  WHEN ((OLD.registry_id, OLD.visibility, OLD.quarantined_at) IS DISTINCT FROM (NEW.registry_id, NEW.visibility, NEW.quarantined_at))
  EXECUTE FUNCTION move_registry_pulls();
-- Before, while it still has its counts.
CREATE TRIGGER "repositories_remove_pulls" BEFORE DELETE ON "repositories" FOR EACH ROW
  WHEN (OLD.visibility = 'public' AND OLD.quarantined_at IS NULL) EXECUTE FUNCTION move_registry_pulls();

INSERT INTO "registry_pulls" ("registry_id", "day", "count")
SELECT r.registry_id, p.day, sum(p.count) FROM pull_counts p JOIN repositories r ON r.id = p.repository_id
 WHERE r.visibility = 'public' AND r.quarantined_at IS NULL GROUP BY 1, 2 HAVING sum(p.count) <> 0;
