import { extname } from 'node:path';

/** The address of the file beside another one. In a package both are compiled, so it has the ending of that one. */
export function siblingOf(url: string, name: string): URL {
  return new URL(`./${name}${extname(new URL(url).pathname)}`, url);
}
