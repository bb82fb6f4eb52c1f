/** What is known of an author, and what a network said lately, found without reading all that they ever wrote. */
export const authors = `
  DROP INDEX comments_network;
  DROP INDEX comments_network_time;
  CREATE INDEX comments_network ON comments (network, user_id, status, created_at) WHERE network IS NOT NULL;
  CREATE INDEX comments_network_vetted ON comments (network, user_id) WHERE network IS NOT NULL AND vetted = 1 AND status = 'approved';
  CREATE INDEX comments_user_status ON comments (user_id, status, created_at) WHERE user_id IS NOT NULL;
  CREATE INDEX comments_user_vetted ON comments (user_id) WHERE user_id IS NOT NULL AND vetted = 1 AND status = 'approved';
  `;
