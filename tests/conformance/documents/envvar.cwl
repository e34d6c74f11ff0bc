cwlVersion: v1.2
class: CommandLineTool
doc: A variable of the environment; HOME and TMPDIR are the job's own.
requirements:
  EnvVarRequirement: {envDef: {GREETING: $(inputs.greeting), FIXED: 'one two'}}
baseCommand: sh
arguments: [-c, 'echo "$GREETING|$FIXED"; test "$HOME" = "$PWD" && echo home; test -d "$TMPDIR" && echo tmp']
inputs: {greeting: string}
stdout: env.txt
outputs: {env: stdout}
