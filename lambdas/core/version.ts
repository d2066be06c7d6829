import manifest from '../../package.json' with { type: 'json' };

/** The version of this software. */
export const VERSION: string = manifest.version;

/** The `User-Agent` of every request that the service sends (RFC 9110, 10.1.5). */
export const USER_AGENT = `template-video/${VERSION}`;
