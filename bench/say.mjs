/** Progress: to stderr, so that stdout holds results alone. */
export const say = (text) => process.stderr.write(`${text}\n`);
