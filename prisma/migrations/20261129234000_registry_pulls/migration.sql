-- Pulls of a registry's public repositories, by day. A publisher's page would otherwise add up the counts of all repositories.
-- Triggers keep it equal to the sum of `pull_counts`, whoever writes those and whatever becomes of a repository. A row goes with its
-- last pull, so that a registry without repositories has none. A foreign key would only add a check to every new day.
CREATE TABLE "registry_pulls" (
  "registry_id" BIGINT NOT NULL,
  "day" DATE NOT NULL,
  "count" BIGINT NOT NULL,

  CONSTRAINT "registry_pulls_pkey" PRIMARY KEY ("registry_id", "day")
) WITH (fillfactor = 50);

-- Writers of `pull_counts` lock their repositories first, as `addPulls` does. LIMIT keeps the planner from reading all repositories.
CREATE FUNCTION add_registry_pulls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO registry_pulls AS s (registry_id, day, count)
  SELECT r.registry_id, p.day, sum(p.count)
    FROM (SELECT repository_id, day, sum(count) AS count FROM added GROUP BY 1, 2) p
   CROSS JOIN LATERAL (SELECT registry_id FROM repositories
                        WHERE id = p.repository_id AND visibility = 'public' AND quarantined_at IS NULL LIMIT 1) r
   GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (registry_id, day) DO UPDATE SET count = s.count + excluded.count;
  RETURN NULL;
END $$;

CREATE FUNCTION change_registry_pulls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO registry_pulls AS s (registry_id, day, count)
  SELECT r.registry_id, p.day, sum(p.count)
    FROM (SELECT repository_id, day, sum(count) AS count
            FROM (SELECT repository_id, day, count FROM added UNION ALL SELECT repository_id, day, -count FROM gone) changed
           GROUP BY 1, 2) p
   CROSS JOIN LATERAL (SELECT registry_id FROM repositories
                        WHERE id = p.repository_id AND visibility = 'public' AND quarantined_at IS NULL LIMIT 1) r
   GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (registry_id, day) DO UPDATE SET count = s.count + excluded.count;
  RETURN NULL;
END $$;

-- Only for rows of existing repositories: those that go with their repository were subtracted before.
CREATE FUNCTION subtract_registry_pulls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO registry_pulls AS s (registry_id, day, count)
  SELECT r.registry_id, p.day, -sum(p.count)
    FROM gone p JOIN repositories r ON r.id = p.repository_id
   WHERE r.visibility = 'public' AND r.quarantined_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (registry_id, day) DO UPDATE SET count = s.count + excluded.count;
  DELETE FROM registry_pulls s USING gone p, repositories r
   WHERE r.id = p.repository_id AND s.registry_id = r.registry_id AND s.day = p.day AND s.count = 0;
  RETURN NULL;
END $$;

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

-- In the order in which `addPulls` locks the tables.
CREATE TRIGGER "repositories_move_pulls" AFTER UPDATE OF "registry_id", "visibility", "quarantined_at" ON "repositories" FOR EACH ROW
  WHEN ((OLD.registry_id, OLD.visibility, OLD.quarantined_at) IS DISTINCT FROM (NEW.registry_id, NEW.visibility, NEW.quarantined_at))
  EXECUTE FUNCTION move_registry_pulls();
-- Before, while it still has its counts.
CREATE TRIGGER "repositories_remove_pulls" BEFORE DELETE ON "repositories" FOR EACH ROW
  WHEN (OLD.visibility = 'public' AND OLD.quarantined_at IS NULL) EXECUTE FUNCTION move_registry_pulls();

CREATE TRIGGER "pull_counts_add" AFTER INSERT ON "pull_counts" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION add_registry_pulls();
CREATE TRIGGER "pull_counts_change" AFTER UPDATE ON "pull_counts" REFERENCING NEW TABLE AS added OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION change_registry_pulls();
CREATE TRIGGER "pull_counts_subtract" AFTER DELETE ON "pull_counts" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION subtract_registry_pulls();

INSERT INTO "registry_pulls" ("registry_id", "day", "count")
SELECT r.registry_id, p.day, sum(p.count) FROM pull_counts p JOIN repositories r ON r.id = p.repository_id
 WHERE r.visibility = 'public' AND r.quarantined_at IS NULL GROUP BY 1, 2 HAVING sum(p.count) <> 0;
