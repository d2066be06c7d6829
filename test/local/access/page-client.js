/**
 * Runs in a page, so it is JavaScript. Uploads an image, makes a video of it, waits for its end and reads its file.
 * @returns what the page could read of each step, or the error with which the step failed
 */
async function makeVideo({ url, image, templateId, key }) {
  const json = { 'content-type': 'application/json' };
  const send = (path, body, headers = {}) =>
    fetch(`${url}${path}`, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
  const step = (work) => work().catch((error) => ({ failed: error.name }));
  const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));

  const upload = await step(async () => {
    const answer = await send('/uploads', { content_type: 'image/png', bytes: bytes.length });
    const { value, upload: to } = await answer.json();
    const stored = await fetch(to.url, { method: to.method, headers: to.headers, body: bytes });
    return { status: stored.status, value };
  });
  const order = { template_id: templateId, media_inputs: [{ value: upload.value }], text_inputs: [{ value: 'Lion' }] };
  const post = () =>
    step(async () => {
      const answer = await send('/videos', order, { 'idempotency-key': key });
      const { headers } = answer;
      const read = ['location', 'retry-after', 'idempotency-replayed'].map((name) => headers.get(name));
      return { status: answer.status, read, id: (await answer.json()).video_id };
    });
  const posted = await post();

  const watch = async () => {
    const answer = await fetch(`${url}/videos/${posted.id}`);
    const video = await answer.json();
    if (video.finished_at !== undefined) return video;
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.headers.get('retry-after'))));
    return watch();
  };
  const video = await step(watch);
  const file = await step(async () => {
    const answer = await fetch(video.video.url);
    const content = await answer.arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
    const part = await fetch(video.video.url, { headers: { range: 'bytes=0-9' } });
    return {
      sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      range: part.headers.get('content-range'),
    };
  });
  const wrong = await step(async () => {
    const answer = await send('/videos', {});
    return { status: answer.status, type: (await answer.json()).type };
  });
  const rejected = await step(async () => ({ status: (await fetch(`${url}/nothing`)).status }));
  return { upload, posted, replayed: await post(), video, file, wrong, rejected };
}
