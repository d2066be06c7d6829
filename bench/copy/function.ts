import { randomUUID } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

/** Runs a bundled function once with the event from standard input. Only loads it where there is no event. */
const { entry, event } = (await json(process.stdin)) as { readonly entry: string; readonly event?: object };
const { handler } = await import(pathToFileURL(entry).href);
const context = {
  awsRequestId: randomUUID(),
  functionName: 'CopyVideo',
  getRemainingTimeInMillis: () => 900_000,
};
if (event !== undefined) await handler(event, context);
process.exit();
