import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { listenOnLoopback } from '../../local/loopback-server.ts';

/** Debian keeps it in a folder that is not on every PATH. */
const PROGRAM = ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).status === 0);

export const isNginxInstalled = PROGRAM !== undefined;

export interface Nginx {
  readonly url: string;
  /** Serves this content at `name` from now on, with a new date. */
  replace(name: string, content: Buffer): Promise<void>;
  stop(): Promise<void>;
}

/** A real web server for these videos, with a path for each way to serve one. @param videos by the names of their files */
export async function startNginx(folder: string, videos: Readonly<Record<string, Buffer>>): Promise<Nginx> {
  const files = join(folder, 'files');
  await mkdir(files, { recursive: true });
  // nginx makes the tag of a file from its date, in seconds, and its length.
  let changedAt = Date.now() / 1000 - 3600;
  const replace = async (name: string, content: Buffer): Promise<void> => {
    await writeFile(join(files, 'next'), content);
    changedAt += 1;
    await utimes(join(files, 'next'), changedAt, changedAt);
    await rename(join(files, 'next'), join(files, name));
  };
  for (const [name, content] of Object.entries(videos)) {
    await replace(name, content);
    await writeFile(join(files, `${name}.gz`), gzipSync(content));
  }
  await writeFile(join(files, 'empty.mp4'), '');
  await writeFile(join(files, 'page.html'), '<html>This is not the video that you paid for.</html>');
  const port = await freePort();
  const conf = join(folder, 'nginx.conf');
  await writeFile(conf, configuration(folder, port));
  const server = spawn(PROGRAM ?? '', ['-p', folder, '-e', join(folder, 'error.log'), '-c', conf], {
    stdio: 'inherit',
  });
  await untilItAnswers(port);
  return {
    url: `http://127.0.0.1:${port}`,
    replace,
    async stop() {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      await exited;
    },
  };
}

function configuration(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const serving = (name: string, ...how: readonly string[]): string =>
    `location /${name}/ { alias ${folder}/files/; ${how.join(' ')} }`;
  const moved = (count: number, to: string): string => `location /moved-${count}/ { return 302 ${to}; }`;
  return `
daemon off;
user root;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 64; }
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  access_log off;
  types { text/html html; }
  default_type video/mp4;
  server {
    listen 127.0.0.1:${port};
    absolute_redirect off;
    ${serving('plain')}
    ${serving('without-ranges', 'max_ranges 0;')}
    ${serving('dated', 'etag off;')}
    ${serving('undated', 'etag off;', 'add_header Last-Modified "";')}
    ${serving('chunked', 'sub_filter_types *;', 'sub_filter "not in the video" "";')}
    ${serving('gzipped', 'gzip_static always;')}
    ${moved(1, '/plain/video.mp4')}
    ${moved(2, '/moved-1/video.mp4')}
    ${moved(3, '/moved-2/video.mp4')}
    ${moved(4, '/moved-3/video.mp4')}
    location /circle/ { return 302 /circle/video.mp4; }
    ${[403, 404, 410, 503].map((status) => `location /${status}/ { return ${status}; }`).join('\n    ')}
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  server.close();
  return port;
}

async function untilItAnswers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isUp) return;
    await after(50);
  }
  throw new Error('nginx does not answer.');
}
