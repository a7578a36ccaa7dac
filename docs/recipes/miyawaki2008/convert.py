"""Turns one condition of the Miyawaki 2008 trials (.mat) into a beta series, a trial table and the folder of pictures it names.

    python convert.py miyawaki_condition2_geometrical_sharp.mat STIMULI OUT

STIMULI holds PNG drawings of the 12 x 12 patterns. The trials hold 28 x 28 pictures, stored column by column: the inner 10 x 10
patches, three pixels each, one pixel cut off on every side. Each trial is given the drawing that shows the same patches.
The file has no voxel coordinates, so the voxels become one row of a grid, in the order of the file: masks of it are lists of
voxels, not places in a brain. Needs numpy, scipy, nibabel and Pillow.
"""
import json
import os
import sys

import nibabel
import numpy as np
import scipy.io
from PIL import Image

source, stimuli, out = sys.argv[1:]
trials = scipy.io.loadmat(source)
order = np.argsort(np.concatenate([trials['train_indices'].ravel(), trials['test_indices'].ravel()]))


def both(name):
    return np.concatenate([trials[f'{name}Trn'], trials[f'{name}Test']])[order]


def patches_of_trial(vector):
    picture = vector.reshape(28, 28, order='F')
    centres = np.clip(np.arange(10) * 3, 0, 27)
    return (picture[np.ix_(centres, centres)] > 0.5).astype(int)


def patches_of_drawing(path):
    grey = np.asarray(Image.open(path).convert('L'), float)
    side = grey.shape[0] // 12
    # A patch is a checkerboard or plain grey: look at its spread.
    spread = grey.reshape(12, side, 12, side).std(axis=(1, 3))
    level = grey.reshape(12, side, 12, side).mean(axis=(1, 3))
    shown = spread if spread.max() > 1 else level
    return (shown > shown.min() + 0.5 * (shown.max() - shown.min())).astype(int)[1:11, 1:11]


drawings = {name: patches_of_drawing(os.path.join(stimuli, name)) for name in sorted(os.listdir(stimuli))}
betas, pictures, runs = both('fmri'), both('stim'), both('label').ravel()
rows = []
for vector, run in zip(pictures, runs):
    patches = patches_of_trial(vector)
    fits = [name for name, drawing in drawings.items() if np.array_equal(drawing, patches) or np.array_equal(drawing, patches.T)]
    assert len(fits) == 1, f'{len(fits)} drawings fit a trial of run {run}'
    rows.append(f'{fits[0]}\t{run}')

os.makedirs(os.path.join(out, 'pictures'), exist_ok=True)
for name in drawings:
    with open(os.path.join(stimuli, name), 'rb') as file, open(os.path.join(out, 'pictures', name), 'wb') as copy:
        copy.write(file.read())
values = betas.T[:, None, None, :].astype(np.float32)
nibabel.save(nibabel.Nifti1Image(values, np.diag([3, 3, 3, 1])), os.path.join(out, 'betas.nii.gz'))
with open(os.path.join(out, 'trials.tsv'), 'w') as file:
    file.write('\n'.join(['picture\trun', *rows]) + '\n')
print(json.dumps({'trials': len(rows), 'voxels': betas.shape[1], 'runs': sorted({int(run) for run in runs}), 'pictures': len(drawings)}))
