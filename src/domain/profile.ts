/** A consent that is given again and again, under a name: what is written down once instead of each time. */

/** By what way somebody said yes. */
export const WAYS = ['ticket', 'phone', 'chat', 'mail'] as const;
export type Way = (typeof WAYS)[number];

export type ConsentProfile = {
	readonly via: Way;
	/** How long a consent of this profile holds; null: until the session ends. */
	readonly minutes: number | null;
	readonly ticket: string | null;
	/** Full uuids of the devices that it is for; null: not restricted to some. */
	readonly uuids: readonly string[] | null;
	/** Only for the operator's own devices (`own` of the configuration). */
	readonly own: boolean;
};
