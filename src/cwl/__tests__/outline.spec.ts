import type { Symbol as Part } from '../../contract';
import { headingsOf } from '../outline';

function part(name: string, line: number, children: Part[] = []): Part {
  const span = {
    path: 'a.cwl',
    line,
    column: 3,
    end_line: line,
    end_column: 3 + name.length
  };
  return {
    name,
    kind: 'step',
    detail: null,
    span,
    name_span: span,
    children
  };
}

describe('the outline', () => {
  const parts = [part('main', 1, [part('steps', 4, [part('crop', 5)])])];

  it('is the parts one after the other, each with its level', () => {
    expect(
      headingsOf(parts, 4).map(({ text, level, line }) => [text, level, line])
    ).toEqual([
      ['main', 1, 1],
      ['steps', 2, 4],
      ['crop', 3, 5]
    ]);
  });

  it('is as deep as is wanted', () => {
    expect(headingsOf(parts, 2)).toHaveLength(2);
  });
});
