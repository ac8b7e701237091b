import {expect, test} from 'vitest';
import {parseScope} from '../../../src/domain/scope.ts';

test.each([
	['', {units: [], identifiers: [], priority: null}],
	['chronyd', {units: ['chronyd.service'], identifiers: [], priority: null}],
	[
		'-u balena -u balena-engine.socket',
		{units: ['balena.service', 'balena-engine.socket'], identifiers: [], priority: null},
	],
	['--unit=chronyd -t balenad --priority err', {units: ['chronyd.service'], identifiers: ['balenad'], priority: 'err'}],
])('"%s" is a scope', (text, scope) => {
	expect(parseScope(text)).toEqual(scope);
});

test.each([
	['-x', '-x is not known: -u UNIT, -t IDENTIFIER, --priority P'],
	['-u', '-u needs a word behind it'],
	['--priority loud', 'a priority is 0 to 7 or a name such as err, not loud'],
	['chronyd;reboot', 'chronyd;reboot is no name of a unit'],
])('"%s" is none', (text, wrong) => {
	expect(parseScope(text)).toEqual({wrong});
});
