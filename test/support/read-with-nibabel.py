"""Prints what nibabel finds in the NIfTI files named on the command line, as one JSON list; tests compare it with what was meant."""
import json
import sys

import nibabel as nib
import numpy as np

found = []
for path in sys.argv[1:]:
    image = nib.load(path)
    values = np.asanyarray(image.dataobj)
    marked = np.argwhere(values != 0)
    qform, qform_code = image.get_qform(coded=True)
    sform, sform_code = image.get_sform(coded=True)
    found.append({
        'shape': list(values.shape),
        'dtype': str(image.get_data_dtype()),
        'affine': image.affine.ravel().tolist(),
        'sformCode': int(sform_code),
        'sform': sform.ravel().tolist(),
        'qformCode': int(qform_code),
        'qform': None if qform is None else qform.ravel().tolist(),
        'units': image.header.get_xyzt_units()[0],
        'codes': ''.join(nib.aff2axcodes(image.affine)),
        'marked': marked.tolist(),
        'millimetres': nib.affines.apply_affine(image.affine, marked).tolist(),
        'description': image.header['descrip'].tobytes().rstrip(b'\0').decode('latin-1'),
    })
json.dump(found, sys.stdout)
