/** The one-time link that makes the first admin is not open for ever. */
export const setup = `
  ALTER TABLE site ADD COLUMN setup_until TEXT; -- setup: '' once the link was used
  `;
