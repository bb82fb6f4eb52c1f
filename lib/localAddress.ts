/** Where this machine finds a server that listens on `host` and `port`. */
export function localAddress(host: string, port: number): string {
  const everywhere = ["0.0.0.0", "::", "127.0.0.1", "::1"];
  return `http://${everywhere.includes(host) ? "localhost" : host.includes(":") ? `[${host}]` : host}:${port}`;
}
