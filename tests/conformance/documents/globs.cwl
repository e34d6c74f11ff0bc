cwlVersion: v1.2
class: CommandLineTool
doc: Outputs by patterns - a list in order, an optional one that is not there, a folder with its listing, a computed one.
requirements: {InlineJavascriptRequirement: {}, LoadListingRequirement: {loadListing: shallow_listing}}
baseCommand: sh
arguments: [-c, 'for n in 2 1 3; do echo $n > b$n.txt; done; mkdir -p d/e; echo x > d/x.txt; echo y > d/e/y.txt']
inputs: []
outputs:
  files: {type: 'File[]', outputBinding: {glob: 'b*.txt'}}
  none: {type: File?, outputBinding: {glob: '*.tif'}}
  folder: {type: Directory, outputBinding: {glob: d}}
  count: {type: int, outputBinding: {glob: '*.txt', outputEval: $(self.length)}}
