/** Requests that no client sends, made from a fixed seed, so that a failure can be reproduced. */
export function malformedRequests(
  count: number,
  { path, host }: { readonly path: string; readonly host: string },
) {
  const random = generator(20_260_701);
  const kinds = Object.entries(KINDS);
  return Array.from({ length: count }, (_, index) => {
    const [kind, make] = kinds[index % kinds.length] ?? ['', () => ''];
    return { name: `${index} ${kind}`, bytes: Buffer.from(make({ path, host, random }), 'latin1') };
  });
}

interface Ingredients {
  readonly path: string;
  readonly host: string;
  /** A whole number from 0 to `below` - 1. */
  readonly random: (below: number) => number;
}

const KINDS: Readonly<Record<string, (given: Ingredients) => string>> = {
  'random bytes': ({ random }) => noise(random, 1 + random(2000)),
  'random bytes behind a request line': ({ path, random }) =>
    `POST ${path} HTTP/1.1\r\n${noise(random, 200)}\r\n\r\n`,
  'random bytes as a header': ({ path, host, random }) =>
    `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nx-it: ${noise(random, 100)}\r\n\r\n`,
  'bad chunks': (given) => `${chunked(given)}zz\r\nnot hexadecimal\r\n0\r\n\r\n`,
  'a chunk that is cut': (given) => `${chunked(given)}${(given.random(5000) + 10).toString(16)}\r\nhalf`,
  'a chunk without an end': (given) => `${chunked(given)}5\r\nabcdeNOT A NEW LINE`,
  'a chunk of many gigabytes': (given) => `${chunked(given)}FFFFFFFFFFFFFFFF\r\nabc`,
  'headers that are too large': ({ path, host, random }) =>
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nx-large: ${'a'.repeat(20_000 + random(200_000))}\r\n\r\n`,
  'too many headers': ({ path, host }) =>
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${'x-it: y\r\n'.repeat(5_000)}\r\n`,
  'garbage behind a good request': ({ host, random }) =>
    `GET /nothing HTTP/1.1\r\nhost: ${host}\r\n\r\n${noise(random, 500)}`,
  'half a request line': ({ path }) => `POST ${path}`,
  'half a head': ({ path, host }) => `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-le`,
  'half a body': ({ path, host }) =>
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"template_id":`,
  'half a form': ({ path, host }) =>
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 1000\r\n\r\n--x\r\nContent-Disposition: form-data; name="key"\r\n\r\npla`,
  'a form of chunks without an end': ({ path, host }) =>
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: multipart/form-data; boundary=x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n--x\r\n\r\n`,
  'a length that is none': ({ path, host, random }) =>
    `PUT ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${['-1', 'ten', '1e9', '99999999999999999999'][random(4)]}\r\n\r\nx`,
  'two lengths': ({ path, host }) =>
    `PUT ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxy`,
  'a length and chunks': ({ path, host }) =>
    `PUT ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  'two hosts': ({ path, host }) => `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nhost: evil.test\r\n\r\n`,
  'no host': ({ path }) => `GET ${path} HTTP/1.1\r\n\r\n`,
  'an old version without a host': ({ path }) => `GET ${path} HTTP/1.0\r\n\r\n`,
  'a whole address': ({ path, host }) => `GET http://evil.test${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  'no path': ({ host }) => `GET [:: HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  'a fragment': ({ path, host }) => `GET ${path}#x HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  'a tunnel': ({ host, random }) => `CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n\r\n${noise(random, 50)}`,
  'an upgrade': ({ path, host, random }) =>
    `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n${noise(random, 50)}`,
  'an unknown method': ({ path, host }) => `FROBNICATE ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  'another protocol': () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'the start of TLS': () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'an expectation': ({ path, host }) =>
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nexpect: a miracle\r\ncontent-length: 5\r\n\r\nab`,
};

function chunked({ path, host }: Ingredients): string {
  return `PUT ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
}

function noise(random: Ingredients['random'], bytes: number): string {
  return String.fromCharCode(...Array.from({ length: bytes }, () => random(256)));
}

/** xorshift32: https://www.jstatsoft.org/article/view/v008i14 */
function generator(seed: number): Ingredients['random'] {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
