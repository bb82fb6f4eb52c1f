const files = new Map<string, Promise<string>>();

/** The text of a file, fetched once; again only where that failed. Throws where it can't be had. */
export function fetchFile(address: string): Promise<string> {
  const known = files.get(address) ?? load(address);
  files.set(address, known);
  return known;
}

async function load(address: string): Promise<string> {
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(address);
    return await answer.text();
  } catch (error) {
    files.delete(address);
    throw error;
  }
}
