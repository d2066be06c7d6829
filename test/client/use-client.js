// Runs in each Node: what an application does with the client, and what comes of it.
const [, , bundle, url] = process.argv;
const { ApiError, createClient, VideoFailed } = await import(bundle);

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a-secret' };
const notices = [];
const onRetry = ({ reason, attempt }) => notices.push(`${attempt}: ${reason}`);
const videos = createClient({ url, credentials, region: 'eu-west-1', firstPauseMs: 1, onRetry });

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
const seen = [];
const made = await videos.make(
  { template_id: '1', media_inputs: [{ value: png }] },
  { onProgress: ({ status }) => seen.push(status) },
);
const listed = [];
for await (const { video_id } of videos.list()) listed.push(video_id);
const failed = await videos.make({ template_id: '2' }).catch((error) => error);
const rejected = await videos.get('unknown').catch((error) => error);
const stop = new AbortController();
const waiting = videos.wait('running', { signal: stop.signal, onProgress: () => stop.abort() });
const stopped = await waiting.catch((error) => error);

console.log(
  JSON.stringify({
    status: made.status,
    seen,
    listed,
    failed: [failed instanceof VideoFailed, failed.type, failed.retry],
    rejected: [rejected instanceof ApiError, rejected.type],
    stopped: [stopped.name, stopped.videoId],
    notices: notices.length,
  }),
);
