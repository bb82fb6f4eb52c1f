/** The least that a Next API route can do. */
export default function handler(_req, res) {
  res.status(200).json({ message: "Hello World" });
}
