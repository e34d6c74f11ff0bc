cwlVersion: v1.2
class: CommandLineTool
requirements: {InlineJavascriptRequirement: {}}
baseCommand: echo
arguments: ['${ throw new Error("the bbox has no four numbers"); }']
inputs: []
outputs: []
