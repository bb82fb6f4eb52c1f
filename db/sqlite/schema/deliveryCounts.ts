/** How many deliveries are in each state, kept so that nobody has to count them. */
export const deliveryCounts = `
  CREATE TABLE delivery_counts (state TEXT PRIMARY KEY, deliveries INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO delivery_counts
    SELECT s.value, (SELECT count(*) FROM deliveries d WHERE d.state = s.value)
    FROM json_each('["waiting", "delivered", "failed", "dropped"]') s;

  CREATE TRIGGER deliveries_more AFTER INSERT ON deliveries BEGIN
    UPDATE delivery_counts SET deliveries = deliveries + 1 WHERE state = NEW.state;
  END;
  CREATE TRIGGER deliveries_change AFTER UPDATE OF state ON deliveries WHEN NEW.state <> OLD.state BEGIN
    UPDATE delivery_counts SET deliveries = deliveries - 1 WHERE state = OLD.state;
    UPDATE delivery_counts SET deliveries = deliveries + 1 WHERE state = NEW.state;
  END;
  CREATE TRIGGER deliveries_less AFTER DELETE ON deliveries BEGIN
    UPDATE delivery_counts SET deliveries = deliveries - 1 WHERE state = OLD.state;
  END;
  `;
