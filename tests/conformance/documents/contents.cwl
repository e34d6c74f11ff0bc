cwlVersion: v1.2
class: ExpressionTool
doc: What stands in a file, and the parts of its name.
requirements: {InlineJavascriptRequirement: {}}
inputs: {file: {type: File, loadContents: true}}
outputs: {words: 'string[]', root: string, ext: string, size: long}
expression: |
  ${ return {"words": inputs.file.contents.trim().split("\n"), "root": inputs.file.nameroot,
             "ext": inputs.file.nameext, "size": inputs.file.size}; }
