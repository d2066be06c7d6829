import type { Command } from './command.ts';
import { ADOPT } from './commands/adopt.ts';
import { CANCEL } from './commands/cancel.ts';
import { completionOf } from './commands/completion.ts';
import { DEV } from './commands/dev.ts';
import { DOCTOR } from './commands/doctor.ts';
import { LIST } from './commands/list.ts';
import { MAKE } from './commands/make.ts';
import { MCP } from './commands/mcp.ts';
import { PAGE } from './commands/page.ts';
import { REINDEX } from './commands/reindex.ts';
import { REPORT } from './commands/report.ts';
import { SHOW } from './commands/show.ts';
import { TEMPLATES } from './commands/templates.ts';
import { UPLOAD } from './commands/upload.ts';
import { WATCH } from './commands/watch.ts';

/** Every command of the program, in the order of its help. */
export const COMMANDS: readonly Command[] = [
  MAKE,
  LIST,
  SHOW,
  WATCH,
  CANCEL,
  ADOPT,
  TEMPLATES,
  UPLOAD,
  REPORT,
  REINDEX,
  DEV,
  PAGE,
  MCP,
  DOCTOR,
  completionOf(() => COMMANDS),
];
