/** The state of the connection, as the header shows it. */

/** How far connecting is: the login may take seconds over a proxy. */
export type Stage = 'resolving' | 'connecting' | 'authenticating';

export type LinkState =
	| {readonly kind: 'connecting'; readonly attempt: number; readonly stage?: Stage}
	/** `road` where it is not the one that the session began with for good: a device by uuid has more than one. */
	| {readonly kind: 'live'; readonly since: number; readonly road?: string}
	/** `next` is the operator's clock (epoch ms) of the next attempt. */
	| {readonly kind: 'waiting'; readonly attempt: number; readonly next: number; readonly why: string}
	/** Nothing more is tried: the sentence says why and what to do. */
	| {readonly kind: 'refused'; readonly why: string}
	| {readonly kind: 'closed'};
