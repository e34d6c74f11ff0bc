"""What is wrong with a text: found on the text's own tree, so that every problem has its exact place.

`structure` compares the tree with the schemas of the version, `model` and `links` look at what goes where in workflows,
`expressions` at what is between `$(` and `)`. What none of them has anything against is given to cwltool (`loading`),
which has the last word. `ellip_lab.cwl.language.diagnose` puts them together.
"""
