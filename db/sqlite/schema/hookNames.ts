/** What others call their posts is known for as long as the post is there; only of posts that are gone it ages. */
export const hookNames = `
  DROP INDEX hook_posts_age;
  CREATE INDEX hook_posts_post ON hook_posts (post, heard_at);
  `;
