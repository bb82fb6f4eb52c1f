import type { Server } from "node:net";
import { StartError } from "@/db/errors";

/** Has `server` listen. Throws `StartError` where the address or the port can't be had. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(toStartError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function toStartError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const mends: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken; set PORT to another, e.g. PORT=${port + 1} npm start.`,
    EACCES: `This user may not listen on port ${port}; set PORT to one above 1023, e.g. PORT=3000 npm start.`,
    EADDRNOTAVAIL: `HOST=${host} is not an address of this machine; set HOST to one that is, e.g. HOST=127.0.0.1 npm start.`,
    ENOTFOUND: `HOST=${host} is no name that this machine knows; set HOST to an address, e.g. HOST=127.0.0.1 npm start.`,
  };
  const mend = mends[error.code ?? ""];
  return mend ? new StartError(mend) : error;
}
