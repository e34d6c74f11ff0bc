import type { PackageReport, Rule } from '../../contract';
import { ProblemError } from '../../kit/request';
import { foundOf, RuleFinder } from '../finder';
import type { Finding } from '../tokens';
import { asMarkdown, withoutOverlaps } from '../reportmodel';

type Edit = Finding['edits'][number];

function edit(line: number, column: number, end: number, text: string): Edit {
  return {
    path: 'a.cwl',
    line,
    column,
    end_line: line,
    end_column: end,
    text
  };
}

function finding(part: Partial<Finding>): Finding {
  return {
    rule: 'app-pck/wf/label',
    state: 'failed',
    message: 'Workflow w has no label',
    problem: {
      message: 'Workflow w has no label',
      file: 'a.cwl',
      line: 3,
      column: 1,
      end_line: 3,
      end_column: 4,
      field: null,
      severity: 'error',
      hint: null,
      code: 'app-pck/wf/label'
    },
    fix: 'Add a label',
    edits: [edit(3, 4, 4, '\nlabel: W')],
    ...part
  };
}

const RULE: Rule = {
  id: 'app-pck/wf/label',
  number: '8',
  title: 'A label | for people',
  text: 'The Workflow has a label.',
  severity: 'error',
  profile: 'best-practice',
  source: null,
  fixable: true
};

function report(part: Partial<PackageReport> = {}): PackageReport {
  return {
    path: 'a.cwl',
    entry: 'w',
    profile: 'best-practice',
    conforms: false,
    problems: [],
    rules: [RULE],
    findings: [finding({})],
    passed: 7,
    total: 8,
    ...part
  };
}

describe('the rules', () => {
  it('find what fails, with what mends it', () => {
    const found = foundOf(
      report({
        findings: [
          finding({}),
          finding({ state: 'needs-review' }),
          finding({ state: 'passed', problem: null }),
          finding({ fix: null, edits: [] })
        ]
      })
    );
    expect(found.map(one => one.fixes.map(fix => fix.title))).toEqual([
      ['Add a label'],
      []
    ]);
  });

  it('are held against documents, and keep the last report', async () => {
    const check = jest.fn(async () => report());
    const finder = new RuleFinder({ check });
    const told: string[] = [];
    const changed = jest.fn();
    finder.reported.connect((_, path) => told.push(path));
    finder.changed.connect(changed);
    await finder.find({ path: 'a.cwl', text: 'x' });
    expect(check).toHaveBeenCalledWith(
      { path: 'a.cwl', text: 'x', profile: 'best-practice' },
      undefined
    );
    expect(told).toEqual(['a.cwl']);
    expect(finder.latest('a.cwl')).toMatchObject({ text: 'x' });
    finder.profile = 'cwl';
    expect(changed).toHaveBeenCalledTimes(1);
    expect(finder.latest('a.cwl')).toBeNull();
  });

  it('say why they could not be held', async () => {
    const error = new ProblemError({
      status: 503,
      kind: 'unavailable',
      detail: 'no worker'
    });
    const finder = new RuleFinder({
      check: async () => {
        throw error;
      }
    });
    await expect(finder.find({ path: 'a.cwl' })).rejects.toBe(error);
    expect(finder.errorOf('a.cwl')).toBe(error);
    expect(finder.latest('a.cwl')).toBeNull();
  });
});

describe('mending all', () => {
  it('makes what collides once', () => {
    const same = edit(1, 1, 1, 'a');
    expect(
      withoutOverlaps([
        same,
        same,
        edit(2, 1, 5, 'b'),
        edit(2, 3, 6, 'c'),
        edit(2, 5, 9, 'd')
      ]).map(one => one.text)
    ).toEqual(['a', 'b', 'd']);
  });
});

describe('a report as Markdown', () => {
  it('is a table of the requirements', () => {
    const text = asMarkdown(report(), state => state);
    expect(text).toContain('OGC 20-089r1: 7 of 8');
    expect(text).toContain(
      '| 8 | A label \\| for people | failed | Workflow w has no label (line 3) |'
    );
  });
});
