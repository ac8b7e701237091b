/** Lists of items for the panes that have few of them. */

import type {Items, Key, Look, Row, Span, Tone} from '../domain/pane.ts';
import {clockOf, dayOf, type ZoneOffset} from '../domain/time.ts';

/** Items of a list of keys. */
export function listItems(keys: readonly Key[]): Items {
	let places: Map<Key, number> | null = null;
	return {
		length: keys.length,
		at: index => keys[index],
		indexOf: key => {
			places ??= new Map(keys.map((known, index) => [known, index]));
			return places.get(key) ?? -1;
		},
	};
}

/** Keys in the order that the look froze; those that came since stand behind. */
export function frozen(keys: readonly Key[], order: Look['order']): readonly Key[] {
	if (order === null) return keys;
	const there = new Set(keys);
	const before = new Set(order);
	return [...order.filter(key => there.has(key)), ...keys.filter(key => !before.has(key))];
}

export const span = (text: string, tone: Tone = 'plain'): Span => ({text, tone});

/** A column of so many cells. */
export const column = (text: string, width: number, tone: Tone = 'plain', align: 'left' | 'right' = 'left'): Span => ({
	text,
	tone,
	width,
	align,
});

/** Spans stand side by side as they are: puts one cell between them. Empty ones without a width are left out. */
export const spaced = (spans: readonly Span[]): Row =>
	spans
		.filter(({text, width, grow}) => text !== '' || width !== undefined || grow === true)
		.flatMap((one, index) => (index === 0 ? [one] : [{text: ' '}, one]));

/** `13:52:09` today, `11-22 06:07` on another day. */
export function whenOf(ms: number, nowMs: number, zone: ZoneOffset): string {
	const day = dayOf(ms, zone);
	return day === dayOf(nowMs, zone) ? clockOf(ms, zone) : `${day.slice(5)} ${clockOf(ms, zone).slice(0, 5)}`;
}

/** The row as one plain text, for search. */
export const plain = (row: Row): string => row.map(({text}) => text).join(' ');

/** 14 628 → "14 628": digits in threes, with a space that does not break. */
export const grouped = (amount: number): string => String(Math.round(amount)).replaceAll(/\B(?=(?:\d{3})+$)/g, ' ');
