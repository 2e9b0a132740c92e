(* How far one rounding moves a number: half a unit in the last place of the largest that it may be. *)

From Coq Require Import ZArith QArith Qabs Qpower Bool List Lia Lqa.
Import ListNotations.
From Negeig Require Import Floating Network Operations Rounding Forms.
Open Scope Q_scope.

Notation power c := (Qpower 2 c).

(* The number is finite and this is its value. *)
Definition has_value (x : number) (q : Q) : Prop :=
  match x with Zero _ => q == 0 | Fin m c => m <> 0%Z /\ q == inject_Z m * power c | _ => False end.

(* A power of two that is no less; a positive number is more than a quarter of it. *)
Definition exponent_of (b : Q) : Z :=
  let e := (Z.log2 (Qnum b) - Z.log2 (Zpos (Qden b)))%Z in
  if Qle_bool b (power e) then e else (e + 1)%Z.

(* What one rounding is off by, of a number of magnitude at most b; None where it may overflow. *)
Definition error_of (f : format) (b : Q) : option Q :=
  let e := exponent_of b in
  if Qle_bool b 0 then Some 0
  else if (e <=? top f + precision f - 1)%Z
  then Some (Qred (power (Z.max (e - precision f) (unit f) - 1))) else None.

Lemma power_pos c : 0 < power c.
Proof.
  assert (0 <= power c) by (apply Qpower_pos; discriminate).
  assert (~ power c == 0) by (apply Qpower_not_0; discriminate). lra.
Qed.

Lemma power_plus c d : power (c + d) == power c * power d.
Proof. apply Qpower_plus. discriminate. Qed.

Lemma power_whole c : (0 <= c)%Z -> inject_Z (2 ^ c) == power c.
Proof. intro C. now rewrite Zpower_Qpower. Qed.

Lemma power_le c d : (c <= d)%Z -> power c <= power d.
Proof.
  intro H. replace d with (c + (d - c))%Z by lia. rewrite power_plus, <- (power_whole (d - c)) by lia.
  assert (1 <= inject_Z (2 ^ (d - c))).
  { change 1 with (inject_Z 1). rewrite <- Zle_Qle. pose proof (Z.pow_pos_nonneg 2 (d - c)). lia. }
  pose proof (power_pos c). nra.
Qed.

Lemma exponent_of_above b : 0 < b -> b <= power (exponent_of b).
Proof.
  intro P. unfold exponent_of. destruct (Qle_bool b _) eqn:L; [now apply Qle_bool_iff|].
  destruct b as [n d]. unfold Qlt in P. simpl in P. cbn [Qnum Qden].
  set (i := Z.log2 n). set (j := Z.log2 (Zpos d)).
  pose proof (Z.log2_spec n ltac:(lia)) as [_ N]. pose proof (Z.log2_spec (Zpos d) ltac:(lia)) as [D _].
  fold i in N. fold j in D. pose proof (Z.log2_nonneg n). pose proof (Z.log2_nonneg (Zpos d)).
  replace (i - j + 1)%Z with (Z.succ i + - j)%Z by lia. rewrite power_plus.
  assert (N' : inject_Z n < power (Z.succ i)).
  { rewrite <- power_whole by lia. now rewrite <- Zlt_Qlt. }
  assert (D' : power j <= inject_Z (Zpos d)).
  { rewrite <- power_whole by lia. now rewrite <- Zle_Qle. }
  assert (I : power j * power (- j) == 1).
  { rewrite <- power_plus. replace (j + - j)%Z with 0%Z by lia. reflexivity. }
  assert (E : n # d == inject_Z n * / inject_Z (Zpos d)) by apply Qmake_Qdiv.
  rewrite E. pose proof (power_pos j). pose proof (power_pos (- j)).
  assert (0 < inject_Z (Zpos d)) by lra.
  assert (J : inject_Z (Zpos d) * / inject_Z (Zpos d) == 1) by (apply Qmult_inv_r; lra).
  set (x := inject_Z (Zpos d)) in *. set (y := / x) in *. set (p := power j) in *. set (q := power (- j)) in *.
  assert (y <= q).
  { assert (0 < y) by (apply Qinv_lt_0_compat; lra). nra. }
  assert (0 < inject_Z n) by (change 0 with (inject_Z 0); rewrite <- Zlt_Qlt; lia).
  assert (0 < y) by (apply Qinv_lt_0_compat; lra). nra.
Qed.

(* In units of 2^e, a number of magnitude at most 2^(k - e). *)
Lemma rounded_error f e n k : proper f -> (e <= unit f)%Z -> n <> 0%Z -> (e <= k)%Z ->
  (Z.abs n <= 2 ^ (k - e))%Z ->
  (2 * Z.abs (rounded f e n - n) <= 2 ^ (Z.max (k - precision f) (unit f) - e))%Z.
Proof.
  intros [P N O] U Nz K H.
  assert (W : (0 < 2 ^ (Z.max (k - precision f) (unit f) - e))%Z) by (apply Z.pow_pos_nonneg; lia).
  assert (C : (cut f e n <= Z.max (k - precision f) (unit f) - e)%Z \/
    (unit f <= k)%Z /\ Z.abs n = (2 ^ (k - e))%Z).
  { unfold cut, unit_at. pose proof (Z.log2_spec (Z.abs n) ltac:(lia)) as [A B].
    destruct (Z.lt_ge_cases (Z.log2 (Z.abs n)) (k - e)) as [L|L]; [left; lia|].
    assert (2 ^ (k - e) <= 2 ^ Z.log2 (Z.abs n))%Z by (apply Z.pow_le_mono_r; lia).
    assert (E : Z.abs n = (2 ^ (k - e))%Z) by lia.
    destruct (Z.le_gt_cases (unit f) k); [right; lia|left].
    rewrite E, Z.log2_pow2 by lia. lia. }
  destruct C as [C|[Uk E]].
  - pose proof (cut_nonneg f e P U n) as Kn. destruct (nearest_even_cases n (cut f e n) Kn) as [Q _].
    assert (2 ^ cut f e n <= 2 ^ (Z.max (k - precision f) (unit f) - e))%Z by (apply Z.pow_le_mono_r; lia).
    unfold rounded. lia.
  - assert (R : representable f e n).
    { exists (Z.sgn n), (k - e)%Z. split; [|split; [|lia]].
      - rewrite <- E, Z.mul_comm. symmetry. apply Z.abs_sgn.
      - assert (1 < 2 ^ precision f)%Z by (apply Z.pow_gt_1; lia). destruct n; simpl; lia. }
    pose proof (rounded_nearest f e P U N n n R). lia.
Qed.

Lemma absolute_scaled n e : Qabs (inject_Z n * power e) == inject_Z (Z.abs n) * power e.
Proof.
  rewrite Qabs_Qmult, (Qabs_pos (power e)) by (pose proof (power_pos e); lra). reflexivity.
Qed.

Lemma inject_le n m : inject_Z n <= inject_Z m <-> (n <= m)%Z.
Proof. now rewrite Zle_Qle. Qed.

Section Convert.

Variable f : format.
Hypothesis good : proper f.

Theorem convert_error x q b r : has_value x q -> Qabs q <= b -> error_of f b = Some r ->
  exists v, has_value (convert f x) v /\ Qabs (v - q) <= r.
Proof.
  intros X B R. unfold error_of in R. destruct (Qle_bool b 0) eqn:Zb.
  { injection R as <-. apply Qle_bool_iff in Zb.
    assert (Z0 : Qabs q <= 0) by (eapply Qle_trans; [exact B|exact Zb]).
    apply Qabs_Qle_condition in Z0. destruct x as [s|m c|s|]; try easy; cbn [has_value] in X.
    - exists 0. split; [simpl; unfold zero_of; reflexivity|]. rewrite X.
      setoid_replace (0 - 0) with 0 by ring. apply Qle_refl.
    - exfalso. destruct X as [M X]. pose proof (power_pos c).
      assert (Q0 : inject_Z m * power c == 0) by lra.
      apply Qmult_integral in Q0 as [Q0|Q0]; [|lra].
      apply (inject_Z_injective m 0) in Q0. exact (M Q0). }
  destruct (Z.leb_spec (exponent_of b) (top f + precision f - 1)) as [T|]; [|discriminate].
  injection R as <-.
  cut (exists v, has_value (convert f x) v /\
    Qabs (v - q) <= power (Z.max (exponent_of b - precision f) (unit f) - 1)).
  { intros (v & V & W). exists v. split; trivial. now rewrite Qred_correct. }
  set (k := exponent_of b) in *. pose proof good as [P N O].
  set (r := power (Z.max (k - precision f) (unit f) - 1)). assert (0 < r) by apply power_pos.
  destruct x as [s|m c|s|]; try easy; simpl in X.
  - exists 0. split; [simpl; unfold zero_of; reflexivity|]. rewrite X.
    setoid_replace (0 - 0) with 0 by ring. simpl. lra.
  - destruct X as [M X]. set (e := Z.min c (unit f)).
    set (n := (m * 2 ^ (c - e))%Z).
    assert (Wc : (0 < 2 ^ (c - e))%Z) by (apply Z.pow_pos_nonneg; lia).
    assert (Nz : n <> 0%Z) by (unfold n; nia).
    assert (Q0 : q == inject_Z n * power e).
    { rewrite X. unfold n. rewrite inject_Z_mult, power_whole, <- Qmult_assoc, <- power_plus by lia.
      now replace (c - e + e)%Z with c by lia. }
    assert (Abs : inject_Z (Z.abs n) * power e <= power k).
    { rewrite <- absolute_scaled, <- Q0. eapply Qle_trans; [exact B|]. apply exponent_of_above.
      assert (0 < Qabs q); [|lra]. rewrite Q0, absolute_scaled.
      assert (1 <= inject_Z (Z.abs n)) by (change 1 with (inject_Z 1); apply inject_le; lia).
      pose proof (power_pos e). nra. }
    assert (Ke : (e <= k)%Z).
    { destruct (Z.le_gt_cases e k) as [|G]; trivial. exfalso.
      assert (power k < power e).
      { replace e with (k + 1 + (e - k - 1))%Z by lia. rewrite power_plus, (power_plus k 1).
        pose proof (power_pos k). pose proof (power_le 0 (e - k - 1) ltac:(lia)).
        change (power 0) with 1 in *. change (power 1) with 2. nra. }
      assert (1 <= inject_Z (Z.abs n)) by (change 1 with (inject_Z 1); apply inject_le; lia).
      pose proof (power_pos e). nra. }
    assert (H1 : (Z.abs n <= 2 ^ (k - e))%Z).
    { apply inject_le. rewrite power_whole by lia.
      replace k with (k - e + e)%Z in Abs by lia. rewrite power_plus in Abs.
      pose proof (power_pos e). nra. }
    assert (U : (e <= unit f)%Z) by lia.
    pose proof (rounded_error f e n k good U Nz Ke H1) as D.
    (* nothing overflows *)
    set (t := (top f + precision f - 1)%Z) in *.
    assert (Big : (Z.abs (rounded f e n) <= largest f * 2 ^ (top f - e))%Z).
    { set (z := (2 ^ (t - e))%Z).
      assert (Z0 : (0 < z)%Z) by (apply Z.pow_pos_nonneg; lia).
      assert (Zn : (Z.abs n <= z)%Z).
      { eapply Z.le_trans; [exact H1|]. apply Z.pow_le_mono_r; lia. }
      assert (Rz : forall y, y = z \/ y = (- z)%Z -> rounded f e y = y).
      { intros y Y. assert (Rep : representable f e y).
        { exists (Z.sgn y * 2 ^ (precision f - 1))%Z, (top f - e)%Z. split; [|split; [|lia]].
          - rewrite <- Z.mul_assoc, <- Z.pow_add_r by lia.
            replace (precision f - 1 + (top f - e))%Z with (t - e)%Z by lia. fold z.
            destruct Y as [-> | ->]; lia.
          - destruct Y as [-> | ->]; rewrite ?Z.sgn_opp, Z.sgn_pos by lia; lia. }
        pose proof (rounded_nearest f e P U N y y Rep). lia. }
      pose proof (rounded_monotone f e P U N n z ltac:(lia)) as Up.
      pose proof (rounded_monotone f e P U N (- z) n ltac:(lia)) as Down.
      rewrite (Rz z) in Up by auto. rewrite (Rz (- z)%Z) in Down by auto.
      assert (z <= largest f * 2 ^ (top f - e))%Z; [|lia].
      unfold z. replace (t - e)%Z with (precision f - 1 + (top f - e))%Z by lia.
      rewrite Z.pow_add_r by lia. pose proof (Z.pow_pos_nonneg 2 (top f - e)). nia. }
    exists (inject_Z (rounded f e n) * power e). split.
    + simpl. rewrite (round_shift f m c e M ltac:(lia)). fold n.
      destruct (round_cases f e P U N n Nz) as [[Z0 ->]|(i & j & I & V & A & L & G & ->)].
      * rewrite Z0. simpl. ring.
      * rewrite (within_largest f e P U N O i j L A G).
        replace (Z.abs i * 2 ^ (j - e))%Z with (Z.abs (rounded f e n)).
        2: { rewrite <- V, Z.abs_mul, (Z.abs_eq (2 ^ _)) by (apply Z.pow_nonneg; lia). reflexivity. }
        apply Z.leb_le in Big. rewrite Big. simpl. split; trivial.
        rewrite <- V, inject_Z_mult, power_whole, <- Qmult_assoc, <- power_plus by lia.
        now replace (j - e + e)%Z with j by lia.
    + rewrite Q0.
      setoid_replace (inject_Z (rounded f e n) * power e - inject_Z n * power e)
        with (inject_Z (rounded f e n - n) * power e).
      2: { unfold Z.sub. rewrite inject_Z_plus, inject_Z_opp. ring. }
      rewrite absolute_scaled. set (w := Z.max (k - precision f) (unit f)) in *.
      apply inject_le in D. rewrite inject_Z_mult, power_whole in D by lia.
      assert (E1 : power (w - e) * power e == 2 * r).
      { rewrite <- power_plus. unfold r. replace (w - e + e)%Z with (1 + (w - 1))%Z by lia.
        rewrite power_plus. reflexivity. }
      pose proof (power_pos e). change (inject_Z 2) with 2 in D. nra.
Qed.

End Convert.

Lemma scaled_value a x q r : has_value a q -> has_value x r -> has_value (scaled a x) (q * r).
Proof.
  destruct a as [s|m c|s|], x as [t|n d|t|]; try easy; simpl.
  - intros -> ->. reflexivity.
  - intros -> _. ring.
  - intros _ ->. ring.
  - intros [M ->] [N ->]. split; [apply Z.neq_mul_0; lia|]. rewrite inject_Z_mult, power_plus. ring.
Qed.

Lemma moved_value b x q r : has_value b q -> has_value x r -> has_value (moved b x) (r + q).
Proof.
  destruct b as [s|m c|s|], x as [t|n d|t|]; try easy; simpl.
  - intros -> ->. reflexivity.
  - intros -> [N ->]. split; trivial. ring.
  - intros [M ->] ->. split; trivial. ring.
  - intros [M B] [N X]. destruct (exact_sum n d m c) as [k j] eqn:E.
    assert (S : inject_Z k * power j == r + q).
    { rewrite B, X. unfold exact_sum in E.
      destruct (Z.leb_spec d c); injection E as <- <-; rewrite Z.shiftl_mul_pow2 by lia;
        rewrite inject_Z_plus, inject_Z_mult, power_whole by lia;
        [replace c with (c - d + d)%Z at 2 by lia|replace d with (d - c + c)%Z at 2 by lia];
        rewrite power_plus; ring. }
    destruct (Z.eqb_spec k 0) as [->|K]; simpl.
    + rewrite <- S. ring.
    + split; trivial. now rewrite S.
Qed.

Lemma opposite_value x q : has_value x q -> has_value (opposite x) (- q).
Proof.
  destruct x; try easy; simpl.
  - intros ->. reflexivity.
  - intros [M ->]. split; [lia|]. rewrite inject_Z_opp. ring.
Qed.

Lemma zero_value x q : has_value x q -> is_zero x = true -> q == 0.
Proof. now destruct x. Qed.

Definition finite_value (x : number) : option Q :=
  match x with
  | Zero _ => Some 0
  | Fin m c => if (m =? 0)%Z then None else Some (inject_Z m * power c)
  | _ => None
  end.

Lemma finite_value_sound x q : finite_value x = Some q -> has_value x q.
Proof.
  destruct x as [s|m c|s|]; try easy; simpl.
  - intro E. injection E as <-. reflexivity.
  - destruct (Z.eqb_spec m 0); [easy|]. intro E. injection E as <-. now split.
Qed.

Lemma fractions_value x q : has_value x q ->
  exists p d, fractions [x] = Some ([p], d) /\ (0 < d)%Z /\ q * inject_Z d == inject_Z p.
Proof.
  destruct x as [s|m c|s|]; try easy; simpl; intro H.
  - exists 0%Z, 1%Z. split; [reflexivity|]. split; [easy|]. rewrite H. reflexivity.
  - destruct H as [M H]. set (e := Z.min c 0). unfold fractions. simpl. fold e.
    exists (Z.shiftl m (c - e)), (Z.shiftl 1 (- e)). split; trivial.
    rewrite !Z.shiftl_mul_pow2 by lia. rewrite Z.mul_1_l. split; [apply Z.pow_pos_nonneg; lia|].
    rewrite H, inject_Z_mult, !power_whole, <- Qmult_assoc, <- power_plus by lia.
    reflexivity.
Qed.

(* A grid rounds to a multiple of 2^u, whatever the number is. *)
Lemma grid_error_sound u x q : has_value x q ->
  exists v, has_value (to_grid u x) v /\ Qabs (v - q) <= power (u - 1).
Proof.
  pose proof (power_pos (u - 1)) as W.
  destruct x as [s|m c|s|]; try easy; cbn [has_value to_grid]; intro H.
  - exists 0. split; [reflexivity|]. rewrite H. setoid_replace (0 - 0) with 0 by ring. change (Qabs 0) with 0. lra.
  - destruct H as [M H]. exists (inject_Z (in_units m c u) * power u). split.
    + destruct (Z.eqb_spec (in_units m c u) 0) as [E|E]; simpl; [rewrite E; ring|now split].
    + rewrite H. unfold in_units. destruct (Z.leb_spec u c).
      * rewrite Z.shiftl_mul_pow2, inject_Z_mult, power_whole, <- Qmult_assoc, <- power_plus by lia.
        replace (c - u + u)%Z with c by lia.
        setoid_replace (inject_Z m * power c - inject_Z m * power c) with 0 by ring. simpl. lra.
      * destruct (nearest_even_cases m (u - c) ltac:(lia)) as [D _].
        set (n := nearest_even m (u - c)) in *.
        replace u with (u - c + c)%Z at 1 by lia.
        rewrite power_plus, <- (power_whole (u - c)) by lia.
        setoid_replace (inject_Z n * (inject_Z (2 ^ (u - c)) * power c) - inject_Z m * power c)
          with (inject_Z (n * 2 ^ (u - c) - m) * power c).
        2: { unfold Z.sub. rewrite inject_Z_plus, inject_Z_opp, inject_Z_mult. ring. }
        rewrite absolute_scaled.
        assert (D' : (2 * Z.abs (n * 2 ^ (u - c) - m) <= 2 ^ (u - c))%Z) by lia.
        clear D. rename D' into D. apply inject_le in D.
        rewrite inject_Z_mult, power_whole in D by lia. change (inject_Z 2) with 2 in D.
        assert (E : power (u - c) * power c == 2 * power (u - 1)).
        { rewrite <- power_plus. replace (u - c + c)%Z with (1 + (u - 1))%Z by lia.
          rewrite power_plus. reflexivity. }
        pose proof (power_pos c). nra.
Qed.

(* The analysis of every arithmetic that rounds to nearest; a state is also rounded to a format or to a
   grid, after each step or each letter, or is not. *)
Definition no_error (b : Q) : option Q := Some 0.
Definition grid_error (u : Z) (b : Q) : option Q := Some (Qred (power (u - 1))).

Definition rounds (store : number -> number) (error : Q -> option Q) : Prop :=
  forall x q b e, has_value x q -> Qabs q <= b -> error b = Some e ->
  exists v, has_value (store x) v /\ Qabs (v - q) <= e.

Lemma unchanged_rounds : rounds unchanged no_error.
Proof.
  intros x q b e X _ E. injection E as <-. exists q. split; trivial.
  setoid_replace (q - q) with 0 by ring. apply Qle_refl.
Qed.

Lemma convert_rounds f : proper f -> rounds (convert f) (error_of f).
Proof. intros G x q b e. now apply convert_error. Qed.

Lemma grid_rounds u : rounds (to_grid u) (grid_error u).
Proof.
  intros x q b e X _ E. injection E as <-.
  destruct (grid_error_sound u x q X) as (v & V & W). exists v. split; trivial. now rewrite Qred_correct.
Qed.

Lemma error_nonneg f b e : error_of f b = Some e -> 0 <= e.
Proof.
  unfold error_of. destruct (Qle_bool b 0).
  { intro E. injection E as <-. apply Qle_refl. }
  destruct (exponent_of b <=? _)%Z; [|easy]. intro E. injection E as <-. rewrite Qred_correct.
  pose proof (power_pos (Z.max (exponent_of b - precision f) (unit f) - 1)). lra.
Qed.

Definition rounding_analysis (f : format) (fma : bool) (step letter : number -> number)
  (step_bound letter_bound : Q -> option Q) (good : proper f)
  (steps : rounds step step_bound) (letters : rounds letter letter_bound)
  : analysis (rounding f fma step letter).
Proof.
  refine {|
    stands_for := has_value : num (rounding f fma step letter) -> Q -> Prop;
    value_of := finite_value : num (rounding f fma step letter) -> option Q;
    operation_error := error_of f;
    step_error := step_bound;
    letter_error := letter_bound
  |}; cbn [num times plus times_plus minus is_nothing after_step after_letter point rounding].
  - apply finite_value_sound.
  - intros x y q r b e X Y B E. rewrite multiply_convert.
    apply (convert_error f good _ _ b); trivial. now apply scaled_value.
  - intros x y q r b e X Y B E. rewrite add_convert.
    apply (convert_error f good _ _ b); trivial. now apply moved_value.
  - intros x y z q r s b d c e X Y Z B D C E. destruct fma.
    + rewrite fused_convert.
      destruct (convert_error f good (moved z (scaled x y)) (q * r + s) c e) as (v & V & W); trivial.
      * now apply moved_value, scaled_value.
      * pose proof (error_nonneg f b d D). lra.
      * exists v. split; trivial. pose proof (error_nonneg f b d D). lra.
    + rewrite multiply_convert, add_convert.
      destruct (convert_error f good (scaled x y) (q * r) b d) as (u & U & P); trivial.
      { now apply scaled_value. }
      destruct (convert_error f good (moved (convert f (scaled x y)) z) (s + u) c e) as (v & V & W); trivial.
      * now apply moved_value.
      * setoid_replace (s + u) with (q * r + s + (u - q * r)) by ring.
        eapply Qle_trans; [apply Qabs_triangle|]. lra.
      * exists v. split; trivial.
        setoid_replace (v - (q * r + s)) with (u - q * r + (v - (s + u))) by ring.
        eapply Qle_trans; [apply Qabs_triangle|]. lra.
  - apply opposite_value.
  - apply zero_value.
  - exact steps.
  - exact letters.
  - apply fractions_value.
Defined.

(* Exact rationals: nothing is off. *)
Definition exact_analysis : analysis exact.
Proof.
  assert (Same : forall q v, v == q -> Qabs (v - q) <= 0).
  { intros q v ->. setoid_replace (q - q) with 0 by ring. apply Qle_refl. }
  refine {|
    stands_for := Qeq : num exact -> Q -> Prop;
    value_of := (fun x => Some x) : num exact -> option Q;
    operation_error := no_error;
    step_error := no_error;
    letter_error := no_error
  |}; cbn [num times plus times_plus minus is_nothing after_step after_letter point exact].
  - intros x q E. injection E as <-. reflexivity.
  - intros x y q r b e X Y _ E. injection E as <-. exists (Qred (x * y)). split; [reflexivity|].
    apply Same. now rewrite Qred_correct, X, Y.
  - intros x y q r b e X Y _ E. injection E as <-. exists (Qred (x + y)). split; [reflexivity|].
    apply Same. now rewrite Qred_correct, X, Y.
  - intros x y z q r s b d c e X Y Z _ D _ E. injection D as <-. injection E as <-.
    exists (Qred (z + x * y)). split; [reflexivity|].
    setoid_replace (0 + 0) with 0 by ring. apply Same. rewrite Qred_correct, X, Y, Z. ring.
  - intros x q X. now rewrite X.
  - intros x q X N. rewrite <- X. destruct x as [n d]. apply Z.eqb_eq in N. simpl in N. subst. reflexivity.
  - intros x q b e X _ E. injection E as <-. exists x. split; [reflexivity|]. now apply Same.
  - intros x q b e X _ E. injection E as <-. exists x. split; [reflexivity|]. now apply Same.
  - intros [n k] q X. assert (D : common [n # k] = Zpos k) by apply Z.lcm_1_l.
    rewrite D. exists n, (Zpos k). cbn [map Qnum Qden].
    split; [now rewrite Z.div_same, Z.mul_1_r by easy|]. split; [easy|].
    rewrite <- X, Qmake_Qdiv. field. discriminate.
Defined.

Definition theorems := (@convert_error, rounding_analysis, exact_analysis).
Print Assumptions theorems.
