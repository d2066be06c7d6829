import { readLogContext } from '../environment.ts';

/** Writes one JSON line, of the shape that the other functions' logger gives theirs. */
export type LightLog = (
  level: 'INFO' | 'ERROR',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

export function lightLog(): LightLog {
  const own = readLogContext();
  return (level, message, fields) => {
    console.log(JSON.stringify({ level, message, timestamp: new Date().toISOString(), ...own, ...fields }));
  };
}
