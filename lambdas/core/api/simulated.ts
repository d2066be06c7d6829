/**
 * A header of every answer of the API whose videos a simulated MiniMax makes. Such videos cost nothing. In a request it says that the
 * caller counts on that: a service with the real MiniMax rejects the request then.
 */
export const MINIMAX_HEADER = 'template-video-minimax';
export const SIMULATED = 'simulated';

/**
 * A header of every request of the page: which service it was loaded for. Another service at the same address rejects the request. The local
 * service names itself so in each answer.
 */
export const PAGE_HEADER = 'template-video-page';
