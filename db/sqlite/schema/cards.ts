import { CARD, cardKey } from "@/db/sqlite/projection";

/**
 * What readers see of a thread stands together in the file: what only an edit changes in `cards`, by post and comment,
 * the rest in the index of threads. Comments of one post are written weeks apart, so their rows are a page each.
 * Ids of comments are below 2^32. Triggers keep the cards, so that no writer can forget to.
 */
export const cards = `
  ALTER TABLE comments DROP COLUMN card;
  ALTER TABLE comments ADD COLUMN card TEXT GENERATED ALWAYS AS (${CARD}) VIRTUAL;

  CREATE TABLE cards (key INTEGER PRIMARY KEY, card TEXT NOT NULL) STRICT;
  INSERT INTO cards (key, card) SELECT ${cardKey("c")}, c.card FROM comments c ORDER BY c.post, c.id;

  CREATE TRIGGER card_added AFTER INSERT ON comments BEGIN
    INSERT INTO cards (key, card) VALUES (${cardKey("new")}, new.card);
  END;
  CREATE TRIGGER card_removed AFTER DELETE ON comments BEGIN
    DELETE FROM cards WHERE key = ${cardKey("old")};
  END;
  CREATE TRIGGER card_changed AFTER UPDATE OF id, post, author, website, avatar, user_id, role, comment, html ON comments BEGIN
    UPDATE cards SET key = ${cardKey("new")}, card = new.card WHERE key = ${cardKey("old")};
  END;

  DROP INDEX comments_thread;
  CREATE INDEX comments_thread ON comments (post, created_at, id, score, status, parent, depth, pinned, up, down, replies,
    edited_at) WHERE visible = 1;
  DROP INDEX comments_top_level_score;
  CREATE INDEX comments_top_level_score ON comments (post, score, id, created_at, parent)
    WHERE visible = 1 AND parent IS NULL;
  `;
