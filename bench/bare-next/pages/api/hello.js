/** The least that a Next API route can do. */
module.exports = (_req, res) => res.status(200).json({ message: "Hello World" });
