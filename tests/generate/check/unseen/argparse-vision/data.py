from torch.utils.data import DataLoader
from torchvision import datasets, transforms


def loaders(root, batch_size, workers):
    tf = transforms.ToTensor()
    train = datasets.CIFAR10(root, train=True, download=True, transform=tf)
    valid = datasets.CIFAR10(root, train=False, download=True, transform=tf)
    return (
        DataLoader(train, batch_size, shuffle=True, num_workers=workers),
        DataLoader(valid, batch_size, num_workers=workers),
    )
