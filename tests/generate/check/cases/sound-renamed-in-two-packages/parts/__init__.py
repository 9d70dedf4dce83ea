from steps import fit as fit_net
