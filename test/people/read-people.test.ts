import { describe, expect, it } from 'vitest';
import { readPeople } from '../../src/people/read-people.js';

const read = (text: string) => readPeople(text, 'people.csv');

describe('the people file', () => {
  it('reads a byte order mark, semicolons, other column names and quoted cells over several lines', () => {
    const { people, problems } = read(
      '\ufeffE-Mail;Display Name;Department;ID;Aliases;Office\r\n' +
        'A@Acme.example;"Ada\r\nLove";R&D;1;"ACME\\ada;device:PC 1; address:10.0.0.1;::ffff:10.0.0.2;ada1";Berlin\r\n' +
        '\r\n' +
        'b@acme.example;Bob;;2;;\r\n',
    );
    expect(problems).toEqual([]);
    expect(people).toEqual([
      {
        id: '1',
        email: 'a@acme.example',
        name: 'Ada\r\nLove',
        group: 'R&D',
        manager: '',
        aliases: [
          { kind: 'user', value: 'ACME\\ada' },
          { kind: 'device', value: 'PC 1' },
          { kind: 'address', value: '10.0.0.1' },
          { kind: 'address', value: '10.0.0.2' },
          { kind: 'name', value: 'ada1' },
        ],
        line: 2,
      },
      { id: '2', email: 'b@acme.example', name: 'Bob', group: '', manager: '', aliases: [], line: 5 },
    ]);
  });

  it('takes the e-mail address as the id where there is no id column', () => {
    expect(read('mail,team\nA@x.example,T\n').people).toMatchObject([{ id: 'a@x.example', group: 'T' }]);
  });

  it('a wrong row costs itself: each error has its line, field and what is accepted', () => {
    const { people, problems } = read(
      'id,email,aliases\n1,a@x.example,\n2,not-an-address,\n,,x\n1,b@x.example,\n3,c@x.example,address:10.0.0.0/8\n4,d@x.example,device:\n5,e@x.example,\n',
    );
    expect(people.map((person) => person.id)).toEqual(['1', '5']);
    expect(problems.map(({ severity, line, field, value }) => [severity, line, field, value])).toEqual([
      ['error', 3, 'email', 'not-an-address'],
      ['error', 4, 'id', ''],
      ['error', 5, 'id', '1'],
      ['error', 6, 'aliases', 'address:10.0.0.0/8'],
      ['error', 7, 'aliases', 'device:'],
    ]);
    expect(problems[0]?.message).toContain('accepted is name@domain');
    expect(problems[2]?.message).toContain('line 2');
  });

  it('says what the first line must hold, and suggests a mistyped column', () => {
    expect(read('foo,bar\n1,2\n').problems[0]).toMatchObject({ severity: 'error', line: 1 });
    expect(read('id,alaises\n1,x\n').problems).toMatchObject([{ severity: 'warning', field: 'alaises' }]);
    expect(read('id,alaises\n1,x\n').problems[0]?.message).toContain('did you mean aliases?');
    expect(read('').problems).toHaveLength(1);
  });

  it('warns of a manager who is nobody', () => {
    const { problems } = read('id,email,manager\n1,a@x.example,2\n2,b@x.example,A@x.example\n3,,9\n');
    expect(problems).toMatchObject([{ severity: 'warning', line: 4, field: 'manager', value: '9' }]);
  });

  it('keeps the rows before a quote that never closes and reports where it opens', () => {
    const { people, problems } = read('id,name\n1,a\n\n2,"b\n3,c\n');
    expect(people.map((person) => person.id)).toEqual(['1']);
    expect(problems).toMatchObject([{ severity: 'error', line: 4 }]);
  });
});
