import { expect, inject } from 'vitest';
import { type PageServer, startPageServer } from '../../cli/page/server.ts';
import type { AcceptedVideo } from '../../lambdas/core/api/response.ts';
import type { JobRecord } from '../../lambdas/core/job/job-record.ts';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { AS_CALLER, CREDENTIALS, REGION, type SignedFront, startSignedFront } from '../api/signed-front.ts';
import {
  OWNER,
  type RunningService,
  type SimulatedStack,
  serve,
  synthesizeForSimulator,
} from '../harness/running-service.ts';

/** A page with the service behind it. */
export interface Site {
  running: RunningService;
  /** Where the service has its data. */
  readonly folder: string;
  /** To open the page with. A view is a fragment behind it. */
  readonly address: string;
  /** The address of the page after it was opened. */
  readonly inside: string;
  /** Whose videos the page shows. */
  readonly owner: string;
  /**
   * Starts a video of that owner, past the page, and waits until MiniMax is asked for it.
   * @param script what MiniMax does with it
   * @returns its id
   */
  start(body: object, script: Scenario): Promise<string>;
  /** Lets the task of a video succeed, once it has one. */
  finish(videoId: string): Promise<void>;
  /** Ends the service, as `kill` does, and starts it again at its port, over its data. */
  restart(between?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface SiteOptions {
  /** How long each pause of the workflow takes. */
  readonly pauseMs: number;
  /** Whether the service says that its MiniMax is simulated. @default false, so that the page shows prices */
  readonly isSimulated?: boolean;
}

export type StartSite = (options: SiteOptions) => Promise<Site>;

/** The page that the local service has at its own address. */
export const startLocalSite: StartSite = async (options) => {
  const stack = await synthesizeForSimulator();
  const running = await serve(stack, options);
  const address = `${running.service.url}/`;
  return siteOf({ stack, running, options, address, inside: address });
};

/** The page of `template-video page`, before a service that takes signed requests only. */
export const startSigningSite: StartSite = async (options) => {
  const stack = await synthesizeForSimulator();
  const running = await serve(stack, options);
  const front = await startSignedFront(running.service.url);
  const reached = { videosUrl: `${front.url}/videos`, access: { credentials: CREDENTIALS, region: REGION } };
  const page = await startPageServer({ ...reached, isLocal: true });
  const entered = await (await fetch(page.address)).text();
  const [, path = ''] = /url=([^"]+)"/.exec(entered) ?? [];
  const inside = `${page.url}${path}`;
  return siteOf({ stack, running, options, address: page.address, inside, front, page });
};

/**
 * The way to the page that a suite takes. `npm test` takes the shorter one, and `signing.long.test.ts` takes the same suites through the
 * signing program.
 */
export const SITES: readonly (readonly [name: string, start: StartSite])[] = inject('isLong')
  ? [['of the signing program', startSigningSite]]
  : [['of the local service', startLocalSite]];

interface Parts extends Pick<Site, 'running' | 'address' | 'inside'> {
  readonly stack: SimulatedStack;
  readonly options: SiteOptions;
  readonly front?: SignedFront;
  readonly page?: PageServer;
}

function siteOf({ stack, running, options, address, inside, front, page }: Parts): Site {
  const port = Number(new URL(running.service.url).port);
  const isSigned = front !== undefined;
  const site: Site = {
    running,
    folder: stack.folder,
    owner: isSigned ? `iam ${CREDENTIALS.accessKeyId}` : OWNER,
    async start(body, script) {
      const { simulator } = site.running;
      const before = simulator.creates.length;
      simulator.script(script);
      const answer = await site.running.post(body, isSigned ? AS_CALLER : {});
      await expect.poll(() => simulator.creates.length).toBeGreaterThan(before);
      return ((await answer.json()) as AcceptedVideo).video_id;
    },
    address,
    inside,
    async finish(videoId) {
      // MiniMax has the task before the service has its id.
      const taskOf = async (): Promise<string | undefined> =>
        ((await site.running.storedJob(videoId)) as JobRecord | undefined)?.task?.task_id;
      await expect.poll(taskOf).toBeDefined();
      site.running.simulator.finish((await taskOf()) ?? '');
    },
    async restart(between = async () => undefined) {
      await site.running.stop();
      await between();
      site.running = await serve(stack, { ...options, port });
    },
    async stop() {
      await page?.stop();
      await front?.stop();
      await site.running.stop();
      await stack.stop();
    },
  };
  return site;
}
