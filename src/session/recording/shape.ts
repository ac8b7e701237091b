/** Is it a frame? A line of a recording can be JSON and none all the same: one byte is enough, and so is another program. */
import type {Frame} from '../../domain/frame.ts';
import {GUARD_SHAPES} from './guard-shape.ts';
import {areTexts, isList, isNumber, isNumberOrNull, isObject, isText, isTextOrNull, type Loose} from './loose.ts';

const isField = (field: unknown): boolean =>
	Array.isArray(field) &&
	field.length === 2 &&
	isText(field[0]) &&
	(isText(field[1]) || field[1] instanceof Uint8Array);

function isUnit(unit: unknown): boolean {
	if (!isObject(unit)) return false;
	switch (unit.kind) {
		case 'entry':
			return Array.isArray(unit.entry) && unit.entry.every(isField);
		case 'line':
			return isText(unit.text);
		case 'block':
			return isNumber(unit.tick) && isText(unit.text);
		default:
			return false;
	}
}

const isScope = (scope: unknown): boolean =>
	isObject(scope) &&
	areTexts(scope.units) &&
	areTexts(scope.identifiers) &&
	areTexts(scope.watch) &&
	isTextOrNull(scope.priority) &&
	isTextOrNull(scope.since) &&
	isNumber(scope.lines);

const SEVERITIES: ReadonlySet<unknown> = new Set(['error', 'warning', 'none', 'unknown']);

const isWorst = (worst: unknown): boolean => isObject(worst) && SEVERITIES.has(worst.severity) && isText(worst.text);

function isLeft(left: unknown): boolean {
	if (!isObject(left)) return false;
	const {at, bootId, versions, units, containers, disk, todos} = left;
	return (
		Number.isFinite(at) &&
		isText(bootId) &&
		isObject(versions) &&
		Object.values(versions).every(isText) &&
		isList(
			units,
			({name, text, restarts, invocationId}) =>
				isText(name) && isText(text) && isNumberOrNull(restarts) && isTextOrNull(invocationId),
		) &&
		(containers === null ||
			isList(
				containers,
				({name, image, state, restarts, startedAt}) =>
					[name, image, state, startedAt].every(isText) && isNumber(restarts),
			)) &&
		(disk === null || (isObject(disk) && isText(disk.mount) && isNumber(disk.usedKb) && isNumber(disk.availableKb))) &&
		areTexts(todos)
	);
}

const isHeader = ({version, program, target, road, scope, ticket}: Loose): boolean =>
	isNumber(version) &&
	// A newer version's may look otherwise: it is refused by its number.
	(version > 1 || ([program, target, road].every(isText) && isScope(scope))) &&
	(ticket === undefined || isText(ticket));

/** What each kind of frame must have, so that whoever reads it finds it. */
const SHAPES: Readonly<Record<string, (frame: Loose) => boolean>> = {
	...GUARD_SHAPES,
	header: isHeader,
	link: ({link}) => isObject(link) && isText(link.kind),
	open: ({ch, source, argv}) => isNumber(ch) && isText(source) && areTexts(argv),
	in: ({ch, text}) => isNumber(ch) && isText(text),
	out: ({ch, unit}) => isNumber(ch) && isUnit(unit),
	err: ({ch, text}) => isNumber(ch) && isText(text),
	exit: ({ch, exit, rest}) =>
		isNumber(ch) && isObject(exit) && isText(exit.kind) && (rest === undefined || isText(rest)),
	tick: ({received, sent, roundTripMs}) =>
		isNumber(received) && isNumber(sent) && (roundTripMs === null || isNumber(roundTripMs)),
	notice: ({text}) => isText(text),
	pause: ({reason}) => isText(reason),
	redacted: ({rule, count}) => isText(rule) && isNumber(count),
	earlier: ({left, ticket}) => isLeft(left) && (ticket === undefined || isText(ticket)),
	bye: ({lines, worst, left}) =>
		isNumber(lines) && (worst === undefined || isWorst(worst)) && (left === undefined || isLeft(left)),
};

/** Tells a frame from anything else. A kind that is not known is one: it is passed over by who does not know it. */
export const isFrame = (value: unknown): value is Frame =>
	isObject(value) &&
	isText(value.t) &&
	Number.isFinite(value.at) &&
	Number.isFinite(value.ms) &&
	(!Object.hasOwn(SHAPES, value.t) || SHAPES[value.t]?.(value) === true);
