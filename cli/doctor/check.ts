/** What a check has found. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'problem' | 'skipped';
  /** What was found. */
  readonly found: string;
  /** What a person can do about a problem. */
  readonly advice?: string;
}

export function ok(name: string, found: string): Check {
  return { name, state: 'ok', found };
}

export function problem(name: string, found: string, advice: string): Check {
  return { name, state: 'problem', found, advice };
}

export function skipped(name: string, found: string): Check {
  return { name, state: 'skipped', found };
}

/** A line for people, and where there is a problem one with what to do. */
export function toLines({ name, state, found, advice }: Check): readonly string[] {
  const line = `${state.padEnd(8)} ${name.padEnd(16)} ${found}`;
  return advice === undefined ? [line] : [line, `${' '.repeat(26)}${advice}`];
}
