cwlVersion: v1.2
class: CommandLineTool
doc: A pipe in the command line; what is quoted and what is not.
requirements: {ShellCommandRequirement: {}}
arguments:
  - {valueFrom: "cat", shellQuote: false}
  - $(inputs.data.path)
  - {valueFrom: "| sort -r | head -n", shellQuote: false}
  - $(inputs.count)
  - {valueFrom: "&& echo", shellQuote: false}
  - $(inputs.text)
inputs: {data: File, count: int, text: string}
stdout: out.txt
outputs: {out: stdout}
