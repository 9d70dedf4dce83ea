import click
import pandas as pd
import wandb
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split


@click.command()
@click.argument("table", type=click.Path())
@click.option("--estimators", "n_estimators", type=int, default=100, show_default=True)
@click.option("--criterion", type=click.Choice(["gini", "entropy", "log_loss"]), default="gini")
@click.option("--min_samples", type=click.IntRange(1, 100), default=2)
@click.option("--max-features", default=0.5)
@click.option("--verbose/--no-verbose", default=True)
def main(table, n_estimators, criterion, min_samples, max_features, verbose):
    """Fit a forest on TABLE."""
    frame = pd.read_csv(table)
    x_train, x_test, y_train, y_test = train_test_split(frame.drop(columns="y"), frame["y"])
    run = wandb.init(
        project="tabular", config=dict(n_estimators=n_estimators, criterion=criterion)
    )
    forest = RandomForestClassifier(
        n_estimators=n_estimators,
        criterion=criterion,
        min_samples_leaf=min_samples,
        max_features=max_features,
    )
    forest.fit(x_train, y_train)
    score = f1_score(y_test, forest.predict(x_test))
    if verbose:
        click.echo(f"f1 = {score:.3f}")
    run.log({"f1": score})
    run.finish()


if __name__ == "__main__":
    main()
