import { startOrigin } from './origin.ts';
import { startSink } from './sink.ts';

/** Runs one peer of a copy in a process of its own. Prints its URL, and runs until its standard input ends. */
const peers = { origin: startOrigin, sink: startSink };
const [peer = ''] = process.argv.slice(2);
const { url } = await peers[peer as keyof typeof peers]();
console.log(url);
process.stdin.resume().on('end', () => process.exit());
