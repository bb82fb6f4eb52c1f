/** npm runs its scripts in the project's folder; the files of `script` were named in the one where npm was called. */
export function whereAsked(script: string): string {
  const { npm_lifecycle_event: running, INIT_CWD: folder } = process.env;
  return running === script && folder ? folder : process.cwd();
}
