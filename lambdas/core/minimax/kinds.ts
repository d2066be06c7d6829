import { template } from './template.ts';

/** The kinds of task, by the names that they have in job documents. A new kind is a file like `template.ts`, and a name here. */
export const KINDS = { template } as const;
