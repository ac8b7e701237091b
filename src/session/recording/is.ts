/**
 * Questions about values of JSON that may be anything. Each answers for a type, so the compiler sees whether every field
 * and every kind is asked about: one that is added to a type does not compile until it is.
 */

export type Is<T> = (value: unknown) => value is T;

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export const isText: Is<string> = value => typeof value === 'string';
export const isFlag: Is<boolean> = value => typeof value === 'boolean';
export const isNumber: Is<number> = (value): value is number => Number.isFinite(value);
/** Nothing that is counted is less than nothing, or more than can be counted. */
export const isCount: Is<number> = (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The end of the year 9999: what lies behind it is no date that can be written. */
const LATEST_MS = 253_402_300_799_999;
/** A moment of the operator's clock, epoch ms. */
export const isMoment: Is<number> = (value): value is number =>
	typeof value === 'number' && value >= 0 && value <= LATEST_MS;
/** No session lasts a hundred years. */
const LONGEST_MS = 3_155_760_000_000;
/** Milliseconds since a session's start. */
export const isElapsed: Is<number> = (value): value is number =>
	typeof value === 'number' && value >= 0 && value <= LONGEST_MS;

export const isOrNull =
	<T>(one: Is<T>): Is<T | null> =>
	(value): value is T | null =>
		value === null || one(value);

/** Of a field that may be left out. */
export const isOptional =
	<T>(one: Is<T>): Is<T | undefined> =>
	(value): value is T | undefined =>
		value === undefined || one(value);

export const isListOf =
	<T>(one: Is<T>): Is<readonly T[]> =>
	(value): value is readonly T[] =>
		Array.isArray(value) && value.every(one);

export const areTexts: Is<readonly string[]> = isListOf(isText);

export const isTexts: Is<Readonly<Record<string, string>>> = (value): value is Readonly<Record<string, string>> =>
	isObject(value) && Object.values(value).every(isText);

/** One of some words; the compiler wants each of them. */
export function isOneOf<T extends string>(words: Readonly<Record<T, true>>): Is<T> {
	const known: ReadonlySet<unknown> = new Set(Object.keys(words));
	return (value): value is T => known.has(value);
}

/** A question for each field; for one that may be left out, one that undefined passes. */
export type Fields<T> = {readonly [K in keyof T]-?: Is<T[K]>};

/** Do the fields have their types? What is there besides is not looked at. */
function hasFields<T extends object>(fields: Fields<T>): (value: Loose) => value is Loose & T {
	const all = Object.entries(fields) as [string, Is<unknown>][];
	return (value): value is Loose & T => {
		for (const [name, is] of all) if (!is(value[name])) return false;
		return true;
	};
}

export function isOf<T extends object>(fields: Fields<T>): Is<T> {
	const has = hasFields(fields);
	return (value): value is T => isObject(value) && has(value);
}

/** What of a union has a word among those that tell its kinds apart, without that word. */
type OfKind<T, Tag extends keyof T, K> = T extends unknown ? (K extends T[Tag] ? Omit<T, Tag> : never) : never;

/** For each kind of a union the fields that it has besides the word that tells the kinds apart. */
export type Kinds<T, Tag extends keyof T> = {
	readonly [K in T[Tag] & string]: Fields<OfKind<T, Tag, K>>;
};

/**
 * A value of a union, by the word that tells its kinds apart.
 *
 * @param unknown what is answered for a word that is none of them.
 */
export function isKindOf<T, Tag extends keyof T & string>(tag: Tag, kinds: Kinds<T, Tag>, unknown = false): Is<T> {
	const known = new Map<unknown, (value: Loose) => boolean>(
		Object.entries(kinds).map(([kind, fields]) => [kind, hasFields(fields as Fields<Loose>)]),
	);
	return (value): value is T => {
		if (!isObject(value)) return false;
		const has = known.get(value[tag]);
		return has === undefined ? unknown && isText(value[tag]) : has(value);
	};
}
