import { startOrigin } from './origin.ts';
import { startSink } from './sink.ts';

/** One peer of a copy in a process of its own, so that it takes nothing from the others: prints its URL, and runs until its input ends. */
const peers = { origin: startOrigin, sink: startSink };
const [peer = ''] = process.argv.slice(2);
const { url } = await peers[peer as keyof typeof peers]();
console.log(url);
process.stdin.resume().on('end', () => process.exit());
